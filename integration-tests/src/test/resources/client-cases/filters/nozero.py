#: memory 1M --filter=nozero
#- --filter=nozero
assert not connect().can_zero()

#: memory 1M --filter=nozero zero-mode=emulate fast-zero-mode=none --filter=log logfile={dir}/log
#- --filter=nozero zero-mode fast-zero-mode
h = connect()
assert not h.can_fast_zero()
h.zero(4096, 0)
assert entries("Zero") == [] and len(entries("Write")) == 1
