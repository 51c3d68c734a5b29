// Package hookmutant proves the suite of role H by itself: small hook servers
// with one planted defect each, and a runner that says which requirements
// noticed it.
package hookmutant
