package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"hookproof/hook"
	"hookproof/internal/cli"
	"hookproof/internal/hookserver"
)

// openFiles is how many connections at once the command makes room for, where
// the system lets it.
const openFiles = 20_000

// serve runs the server until the first signal.
func (set *settings) serve(log *slog.Logger, signals <-chan os.Signal) (err error) {
	if set.record != "" {
		f, openErr := createRecord(set.record)
		if openErr != nil {
			return openErr
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		set.server.Record = f
	}
	if got, limitErr := cli.RaiseOpenFiles(openFiles); got < 1024 {
		log.Warn("the limit of open files is low", "limit", got, "err", limitErr)
	}
	s := hookserver.New(set.server)
	if err := s.Listen(set.listen); err != nil {
		err = errors.Join(cli.ListenError(err), s.Close())
		if set.record != "" {
			err = errors.Join(err, os.Remove(set.record)) // nothing is in it
		}
		return err
	}
	log.Info("listening", "addr", s.Addr(), "page", s.URL()+"/", "profile", cmp.Or(set.server.Profile,
		&hook.Profile{Name: "auto"}).Name,
		"token", set.server.Token != nil, "rules", set.server.Rules.Len())
	if set.server.Token == nil && set.server.Rules.Len() == 0 {
		log.Warn("no token and no rules: everybody is let on")
	}
	if sig := <-signals; sig != nil {
		log.Info("shutting down", "signal", sig.String())
	}
	if err := s.Close(); err != nil {
		return err
	}
	log.Info("done")
	return nil
}

// createRecord makes the recording's file. It never writes over another one:
// recordings are evidence. Tokens are in it, so it is nobody else's.
func createRecord(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("-record: %s is there already: remove it or name another file", name)
	}
	if err != nil {
		return nil, fmt.Errorf("-record: %w", err)
	}
	return f, nil
}
