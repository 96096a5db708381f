#!/bin/sh
# A private NSD for tests: loopback only, nothing outside DIR, gone when its standard input closes.
#
#   nsd.sh DIR PORT
#
# Serves DIR/root.zone as the root of all names. Works as root and as an ordinary user.
set -eu
dir=$1 port=$2
PATH=$PATH:/usr/sbin:/usr/local/sbin
cat > "$dir/nsd.conf" <<CONF
server:
    ip-address: 127.0.0.1@$port
    username: "$(id -un)"
    chroot: ""
    zonesdir: "$dir"
    database: ""
    logfile: "$dir/log"
    pidfile: ""
    zonelistfile: "$dir/zone.list"
    xfrdfile: "$dir/xfrd.state"
    xfrdir: "$dir"
    server-count: 1
    rrl-ratelimit: 0
    rrl-whitelist-ratelimit: 0
    minimal-responses: no
remote-control:
    control-enable: no
zone:
    name: "."
    zonefile: "root.zone"
CONF

nsd -d -c "$dir/nsd.conf" < /dev/null > "$dir/output" 2>&1 &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
echo started
cat > /dev/null
kill $pid
wait $pid || true
trap - EXIT
