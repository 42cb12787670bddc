#: memory 1M --filter=retry retry-delay=10ms --filter=log 'logscript=[ "$type$act$error" != LEAVEReadEIO ] || rm -f {dir}/old' --filter=error error-rate=100% error-file={dir}/old
#- --filter=retry retry-delay
h = connect()
assert seconds(h.pread, 512, 0) < 1.9

#: memory 1M --filter=retry retries=3 retry-delay=200ms retry-exponential=no --filter=log logfile={dir}/log --filter=error error-pread-rate=100%
#- --filter=retry retries retry-exponential
h = connect()
first = seconds(fails, errno.EIO, h.pread, 512, 0)
assert len(entries("Read")) == 4
assert first < 1.3 or within(1.3, fails, errno.EIO, h.pread, 512, 0)

#: memory 1M --filter=retry retry-delay=10ms retry-readonly=yes --filter=log 'logscript=[ "$type$act$error" != LEAVEReadEIO ] || rm -f {dir}/old' --filter=error error-rate=100% error-file={dir}/old
#- --filter=retry retry-readonly
h = connect()
h.pread(512, 0)
fails(errno.EPERM, h.pwrite, bytes(512), 0)
