#!/bin/sh
# PX2 controller board rev. C, hardening of 2026-11: takes the service console off the network, and has the agent look for its own
# files only. Safe to run again.
set -eu

for unit in telnet.socket tftpd.service; do
  systemctl disable --now "$unit" 2>/dev/null || true
  systemctl mask "$unit"
done
chmod 0700 /etc/px2 /var/lib/px2
chown -R px2:px2 /var/lib/px2
echo '2026-11' > /etc/px2/hardening
