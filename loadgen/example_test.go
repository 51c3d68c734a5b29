package loadgen_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"hookproof/hook"
	"hookproof/loadgen"
	"hookproof/loadgen/plan"
	"hookproof/loadgen/result"
)

// A capacity test of somebody's hook server, without an RTMP server.
func ExampleRun() {
	urls, err := hook.DefaultURLs("http://127.0.0.1:8085")
	if err != nil {
		log.Fatal(err)
	}
	threshold, err := result.ParseThreshold("hook p99<200ms")
	if err != nil {
		log.Fatal(err)
	}
	cfg := loadgen.Config{
		Run:       "nightly1",
		Hooks:     urls,
		HooksOnly: true,
		Accept:    []string{"token=good"},
		Refuse:    []string{"token=bad"},
		Plan: plan.Spec{Stages: plan.Ramp(500, 10*time.Second, time.Minute, 10*time.Second),
			Refused: plan.Percent(10)},
		Thresholds: []result.Threshold{threshold},
	}
	out, err := loadgen.Run(context.Background(), cfg)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Report.Headline())
	if err := out.Report.WriteSummary(os.Stdout); err != nil {
		log.Fatal(err)
	}
}

// Validate says what is wrong before anything is started.
func ExampleConfig_Validate() {
	cfg := loadgen.Config{Run: "first", Plan: plan.Spec{Stages: plan.Ramp(10, 0, time.Second, 0)},
		Listen: "127.0.0.1:8085"}
	fmt.Println(cfg.Validate())
	// Output: loadgen.Config: Listen needs RTMP: the built-in server knows by itself where its hooks go
}
