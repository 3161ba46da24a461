"""The lab: the machines of the inventory as systemd-nspawn containers in a network namespace of their own."""
