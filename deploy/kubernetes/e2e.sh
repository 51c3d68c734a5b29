#!/usr/bin/env bash
# Plays the README's block, and disturbed tests, on the cluster of KUBECONFIG, in a namespace of its own, and prints
# what became of each. A disturbed test that passes is a failure. The image hookproof:latest must be on the nodes.
#   CASES='undisturbed pod-deleted' chooses; IMAGE=... names another image; SIZE='SHARDS: "2", …' is the data of
#   the ConfigMap in place of the small overlay's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ -z "${KUBECONFIG:-}" ]; then
	echo "e2e-kubernetes: skipped: KUBECONFIG is not set"
	exit 0
fi
for needed in kubectl bin/loadgen; do
	command -v "$needed" > /dev/null || { echo "e2e-kubernetes: $needed is missing (make build)"; exit 3; }
done

namespace=loadgen-e2e
work=$(mktemp -d)
kubectl() { command kubectl -n "$namespace" "$@"; }
finish() { command kubectl delete namespace "$namespace" --ignore-not-found --wait=false > /dev/null; rm -rf "$work"; }
trap finish EXIT
command kubectl delete namespace "$namespace" --ignore-not-found --wait > /dev/null
command kubectl create namespace "$namespace" > /dev/null
command kubectl label namespace "$namespace" pod-security.kubernetes.io/enforce=restricted > /dev/null

# overlay PATCH...: the small overlay with JSON patches of the Job.
overlay() {
	rm -rf "$work/kubernetes"
	cp -r deploy/kubernetes "$work/kubernetes"
	local dir="$work/kubernetes/overlays/small" patch
	[ -z "${IMAGE:-}" ] || printf 'images: [{name: hookproof, newName: "%s", newTag: "%s"}]\n' "${IMAGE%:*}" "${IMAGE##*:}" >> "$dir/kustomization.yaml"
	[ -z "${SIZE:-}" ] || sed -i "s|data: {SHARDS.*}|data: {$SIZE}|" "$dir/kustomization.yaml"
	for patch in "$@"; do
		printf 'apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [small]\npatches:\n  - target: {kind: Job, name: loadgen}\n    patch: |\n      - %s\n' \
			"$patch" > "$work/kubernetes/overlays/kustomization.yaml"
		dir="$work/kubernetes/overlays"
	done
	echo "$dir"
}

# block DIR: the README's block, with DIR in place of the small overlay.
block() {
	sed -n '/^```sh$/,/^```$/p;' deploy/kubernetes/README.md | sed -n '2,/^```$/p' | sed '/^```$/d' |
		sed "s|deploy/kubernetes/overlays/small|$1|; s|REPORTS=report/kubernetes|REPORTS=$work/reports|; s|RUN=r\$(date +%s)|RUN=$2|"
}

# pod K: the pod of shard K, from 1.
pod() { kubectl get pods -l "app=loadgen,batch.kubernetes.io/job-completion-index=$(($1 - 1))" -o name | head -1; }

# held: waits until the clients of shard 1 are held.
held() {
	local i
	for i in $(seq 150); do
		if kubectl logs "$(pod 1)" 2> /dev/null | grep -q ' hold '; then return; fi
		sleep 1
	done
	echo "e2e-kubernetes: the clients were never held" >&2
	return 1
}

evict() {
	local name; name=$(basename "$(pod "$1")")
	printf '{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"%s","namespace":"%s"}}' "$name" "$namespace" |
		kubectl create --raw "/api/v1/namespaces/$namespace/pods/$name/eviction" -f - > /dev/null
}

undisturbed() { :; }
pod-deleted() { held && kubectl delete "$(pod 3)" > /dev/null; }
pod-evicted() { held && evict 4; }
pod-killed() { held && kubectl delete "$(pod 2)" --grace-period=0 --force > /dev/null 2>&1; }
endpoint-deleted() { held && kubectl delete "$(pod 1)" > /dev/null; }
job-deleted() { held && kubectl delete job loadgen > /dev/null; }
no-room() { :; }
threshold-failed() { :; }
server-gone() { held && kubectl scale deployment rtmpserver --replicas=0 > /dev/null; }

declare -A patch=(
	[no-room]='{op: replace, path: /spec/parallelism, value: 3}
      - {op: add, path: /spec/template/spec/containers/0/args/-, value: -meet-within=30s}'
	[threshold-failed]='{op: add, path: /spec/template/spec/containers/0/args/-, value: "-threshold=publish p99<1us"}'
)
declare -A must=([undisturbed]=PASSED [threshold-failed]=FAILED)

printf '| case | Job | exit code of the merge | verdict |\n|---|---|---|---|\n'
bad=0
n=0
for case in ${CASES:-undisturbed pod-deleted pod-evicted pod-killed endpoint-deleted job-deleted no-room threshold-failed server-gone}; do
	n=$((n + 1))
	run="e$n$(date +%s)"
	dir=$(overlay ${patch[$case]:+"${patch[$case]}"})
	block "$dir" "$run" > "$work/block.sh"
	kubectl delete job loadgen --ignore-not-found > /dev/null # else its pods would be disturbed in place of the new ones
	kubectl wait --for=delete pods -l app=loadgen --timeout=3m > /dev/null
	export namespace
	export -f kubectl
	bash "$work/block.sh" > "$work/out.txt" 2> "$work/err.txt" & player=$!
	"$case" || true
	code=0
	wait "$player" || code=$?
	job=$(kubectl get job loadgen -o jsonpath='{.status.conditions[-1].type} {.status.succeeded}/{.spec.completions}' 2> /dev/null || echo gone)
	verdict=$(grep -E '^(PASSED|FAILED|PARTIAL|VOID)' "$work/out.txt" | head -1 || true)
	verdict=${verdict:-"none: $(tail -1 "$work/err.txt")"}
	printf '| %s | %s | %s | %s |\n' "$case" "$job" "$code" "$verdict"
	case "$verdict" in
		"${must[$case]:-anything}"*) ;;
		PASSED*) bad=1 ;;
		*) [ -z "${must[$case]:-}" ] || bad=1 ;;
	esac
	kubectl scale deployment rtmpserver --replicas=1 > /dev/null 2>&1 || true
done
exit "$bad"
