#: memory 1M --filter=fua
#- --filter=fua
assert not connect().can_fua()

#: memory 1M --filter=fua fua-mode=discard --filter=log logfile={dir}/log
#- --filter=fua fua-mode
h = connect()
assert h.can_fua()
h.pwrite(b"x", 0, nbd.CMD_FLAG_FUA)
h.flush()
assert entries("Flush") == [] and "fua=1" not in text("log")

#: memory 1M --filter=fua fua-mode=pass flush-on-close=true --filter=log logfile={dir}/log
#- --filter=fua flush-on-close
h = connect()
h.pwrite(b"x", 0)
h.shutdown()
eventually(lambda: len(entries("Flush")) == 1)
