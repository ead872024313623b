package handlers

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// parseProxies reads the addresses and ranges of the proxies in front of us.
func parseProxies(list []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, s := range list {
		prefix, err := netip.ParsePrefix(s)
		if err != nil {
			var single netip.Addr
			if single, err = netip.ParseAddr(s); err == nil {
				prefix, err = single.Prefix(single.BitLen())
			}
		}
		if err != nil {
			return nil, fmt.Errorf("l’adresse de serveur mandataire « %s » n’est pas valable ; écrivez par exemple 127.0.0.1 ou 10.0.0.0/8", s)
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}

// address gives where the request comes from. Behind our proxies it is the last address of X-Forwarded-For that is not
// one of theirs: those before it are written by the visitor, who may write anything.
func (r *request) address() string {
	remote, ok := netip.AddrFromSlice(r.Context().RemoteIP())
	remote = remote.Unmap()
	if !ok || !r.site.isProxy(remote) {
		return remote.String()
	}
	hops := strings.Split(r.Get(fiber.HeaderXForwardedFor), ",")
	for _, hop := range slices.Backward(hops) {
		ip, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		if !r.site.isProxy(ip) {
			return ip.Unmap().String()
		}
	}
	return remote.String()
}

func (s *Site) isProxy(ip netip.Addr) bool {
	ip = ip.Unmap()
	return slices.ContainsFunc(s.proxies, func(p netip.Prefix) bool { return p.Contains(ip) })
}
