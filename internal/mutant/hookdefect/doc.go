// Package hookdefect holds small hook servers that prove the suite of role H:
// each row of Table is one with a planted defect, and names the requirements
// that must fail on it.
package hookdefect
