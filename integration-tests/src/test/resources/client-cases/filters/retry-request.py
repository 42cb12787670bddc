#: memory 1M --filter=retry-request retry-request-delay=10ms --filter=log 'logscript=[ "$type$act$error" != LEAVEReadEIO ] || rm -f {dir}/old' --filter=error error-rate=100% error-file={dir}/old
#- --filter=retry-request retry-request-delay
h = connect()
assert seconds(h.pread, 512, 0) < 1.9

#: memory 1M --filter=retry-request retry-request-retries=5 retry-request-delay=1ms --filter=log logfile={dir}/log --filter=error error-pread-rate=100%
#- --filter=retry-request retry-request-retries
h = connect()
fails(errno.EIO, h.pread, 512, 0)
assert len(entries("Read")) == 6

#: memory 1M --filter=retry-request retry-request-delay=500ms retry-request-open=false --filter=partition partition=1
#- retry-request-open
assert within(0.9, fails, None, connect)
