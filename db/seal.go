package db

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"marelle/portal"
)

// keySuffix names the file of the key, beside the base and never in it: a copy of the base alone, a backup or a disk that
// was thrown away, gives no secret of a second factor. Whoever has both files has them.
const keySuffix = ".cle"

// sealer gives what seals and opens the secrets of second factors. The key is made when the first one is, and read once.
func (s *Store) sealer() (cipher.AEAD, error) {
	s.sealing.Lock()
	defer s.sealing.Unlock()
	if s.seal != nil {
		return s.seal, nil
	}
	key, err := readKey(s.path + keySuffix)
	if errors.Is(err, fs.ErrNotExist) {
		key, err = makeKey(s.path + keySuffix)
	}
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	s.seal, err = cipher.NewGCMWithRandomNonce(block)
	return s.seal, err
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("d’autres comptes de la machine peuvent lire la clé des seconds facteurs ; protégez-la avec « chmod 600 %s »", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("la clé des seconds facteurs est abîmée (%s) ; remettez sa sauvegarde, ou retirez le fichier : chacun entrera avec un code de secours", path)
	}
	return key, nil
}

// makeKey writes a new key, which is on the disk before anything is sealed with it.
func makeKey(path string) ([]byte, error) {
	key := make([]byte, 32)
	rand.Read(key)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("la clé des seconds facteurs ne peut pas être écrite : %w", err)
	}
	_, err = fmt.Fprintln(f, hex.EncodeToString(key))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(path))
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, err
	}
	return key, errors.Join(dir.Sync(), dir.Close())
}

// sealSecret seals the secret of an account; it opens for no other account.
func (s *Store) sealSecret(account portal.AccountID, secret string) ([]byte, error) {
	seal, err := s.sealer()
	if err != nil {
		return nil, err
	}
	return seal.Seal(nil, nil, []byte(secret), sealedFor(account)), nil
}

// errSealLost says that a secret was sealed with another key than the one that is there.
var errSealLost = errors.New("db: the key of the second factors is not the one they were sealed with")

func (s *Store) openSecret(account portal.AccountID, sealed []byte) (string, error) {
	seal, err := s.sealer()
	if err != nil {
		return "", err
	}
	secret, err := seal.Open(nil, nil, sealed, sealedFor(account))
	if err != nil {
		return "", errSealLost
	}
	return string(secret), nil
}

func sealedFor(account portal.AccountID) []byte {
	return strconv.AppendInt([]byte("second facteur "), int64(account), 10)
}
