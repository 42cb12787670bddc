#: memory 1M --filter=stats statsfile={dir}/old statsappend=true statsthreshold=0
#- --filter=stats statsappend statsthreshold
h = connect()
h.pread(64 * K, 0)
h.pread(64 * K, 0)
#: after
assert text("old").startswith("old\n")
assert "read: 2 ops" in text("old")
assert "breakdown" not in text("old")
