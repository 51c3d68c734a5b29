package hook

import (
	"crypto/tls"
	"errors"
	"net/http"
)

// delivery is what became of a request.
type delivery uint8

const (
	answered    delivery = iota // an answer came, or its beginning
	unanswered                  // it may have arrived; nothing of an answer came
	unavailable                 // a gateway answered that the hook server does not
	incomplete                  // the hook server answered that the request did not come whole
	unsent                      // nobody got anything of it
	impossible                  // the same, and so it will stay: the URL or the certificate is wrong
)

// unseen reports whether it is certain that no hook server has seen the event.
func (f delivery) unseen() bool { return f == unsent || f == impossible }

// again reports whether it is worth sending the event again: the hook server
// was not to be reached, did not live to answer, or got a part of the request.
// Any other answer, 500 among them, says that the event has been seen.
func (f delivery) again() bool {
	return f == unanswered || f == unavailable || f == incomplete || f == unsent
}

// undelivered reports whether the event did not get to the hook server, as far
// as can be told.
func (f delivery) undelivered() bool { return f != answered }

// given looks at who answered, and to what.
func (f delivery) given(status int) delivery {
	if f != answered {
		return f
	}
	switch status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return unavailable
	case http.StatusBadRequest, http.StatusRequestTimeout:
		return incomplete // the request was whole as it left: it was cut off on its way
	}
	return f
}

// undialled is the delivery of a request for which no connection could be made. A
// peer that does not speak TLS, or whose certificate is not trusted, is not
// one that is down.
func undialled(err error) delivery {
	var certificate *tls.CertificateVerificationError
	var header tls.RecordHeaderError
	if errors.As(err, &certificate) || errors.As(err, &header) {
		return impossible
	}
	return unsent
}
