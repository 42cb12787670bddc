#: file {dir}/disk --filter=scan scan-size=64K --filter=log logfile={dir}/log
#- --filter=scan scan-size
h = connect()
eventually(lambda: len(entries("Cache")) >= 16)
assert set(lengths("Cache")) == {64 * K}

#: null 1M --filter=scan scan-size=64K --filter=log logfile={dir}/log
#- --filter=scan scan-size
h = connect()
eventually(lambda: len(entries("Cache")) >= 16)
assert set(lengths("Cache")) == {64 * K}

#: null 1M --filter=scan scan-forever=true --filter=log logfile={dir}/log
#- scan-forever
h = connect()
eventually(lambda: offsets("Cache").count(0) >= 2)

#: null 1M --filter=scan scan-clock=false --filter=log logfile={dir}/log
#- scan-clock
h = connect()
eventually(lambda: 0 in offsets("Cache"))
h.shutdown()
eventually(lambda: "Disconnect" in text("log"))
h = connect()
eventually(lambda: offsets("Cache").count(0) >= 2)

#: null 64M --filter=scan scan-ahead=false scan-size=64K --filter=log logfile={dir}/log --filter=delay delay-cache=20ms
#- scan-ahead
h = connect()
h.pread(512, 32 * M)
had = len(entries("Cache"))
eventually(lambda: len(entries("Cache")) > had + 3)
assert max(offsets("Cache")) < 32 * M
