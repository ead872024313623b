package db

// ErasedTables gives what an erasure does in each table that speaks of a person.
func ErasedTables() map[string]string { return erasedTables }
