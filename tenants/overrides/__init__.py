"""What single tenants want otherwise than the partition policies: rules, writes, admin."""
