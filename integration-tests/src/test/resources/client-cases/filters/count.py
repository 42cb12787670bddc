#: -v memory 1M --filter=count
#- --filter=count
h = connect()
h.pread(512, 0)
h.pwrite(bytes(1024), 0)
h.zero(2048, 0)
h.trim(4096, 0)
#: after
said = [line for line in text("messages").splitlines() if "debug: count bytes: read " in line]
for number in "512", "1024", "2048", "4096":
    assert any(number in line for line in said), said
