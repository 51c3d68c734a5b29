package books

import "hookproof/internal/hook"

// attempt is which one at its event a call is, from 1.
func attempt(*hook.Call) int { return 1 }
