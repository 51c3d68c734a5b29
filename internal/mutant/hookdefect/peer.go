package hookdefect

import (
	"context"

	"hookproof/features"
	"hookproof/hook"
	"hookproof/internal/scenario"
	"hookproof/internal/scenario/hooktarget"
)

// planted plants a difference in the parts of a sound hook server.
type planted func(*parts)

// Role is a hook server's.
func (planted) Role() string { return features.RoleHookServer }

// Open starts the hook server, and says what it accepts and refuses.
func (plant planted) Open(ctx context.Context, p *hook.Profile, scale float64) (scenario.Target, error) {
	s := reference(p)
	plant(s)
	r, err := s.start()
	if err != nil {
		return nil, err
	}
	t, err := s.target(ctx, r.url, scale)
	if err != nil {
		r.close()
		return nil, err
	}
	return &served{Target: t, server: r}, nil
}

// served is a target with the hook server that it tests.
type served struct {
	scenario.Target
	server *running
}

// Close ends both.
func (s *served) Close() {
	s.Target.Close()
	s.server.close()
}

// target tests the hook server at a URL, by the tokens that servers of this
// package know, unless the server has others.
func (s *parts) target(ctx context.Context, url string, scale float64) (scenario.Target, error) {
	o := hooktarget.Options{Profile: s.profile, Scale: scale, Forget: true}
	var err error
	if o.URLs, err = hook.DefaultURLs(url); err != nil {
		return nil, err
	}
	for flag, token := range map[string]string{"accept": tokenKey + "=" + tokenValue, "refuse": tokenKey + "=bad"} {
		if err := o.Identities.Add(flag, token); err != nil {
			return nil, err
		}
	}
	if err := s.told(&o); err != nil {
		return nil, err
	}
	return hooktarget.Open(ctx, o)
}
