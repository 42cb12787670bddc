#: memory 1M --filter=multi-conn multi-conn-mode=disable
#- --filter=multi-conn multi-conn-mode
assert not connect().can_multi_conn()

#: memory 1M --filter=multi-conn multi-conn-track-dirty=off --filter=log logfile={dir}/log
#- multi-conn-track-dirty
h = connect()
h.flush()
h.flush()
assert len(entries("Flush")) == 2

#: file dir={dir}/disks --filter=multi-conn multi-conn-mode=emulate multi-conn-exportname=true --filter=log logfile={dir}/log
#- --filter=multi-conn multi-conn-mode multi-conn-exportname
one, two, too = connect("one"), connect("two"), connect("two")
for h in one, two, too:
    h.pwrite(b"x", 0)
two.flush()
assert len(entries("Flush")) == 2, text("log")
