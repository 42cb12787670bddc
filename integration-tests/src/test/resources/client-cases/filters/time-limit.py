#: memory 1M --filter=time-limit time-limit=100ms
#- --filter=time-limit time-limit
h = connect()
time.sleep(0.15)
fails(errno.ESHUTDOWN, h.pread, 512, 0)
