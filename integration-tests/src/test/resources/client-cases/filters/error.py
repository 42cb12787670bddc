#: memory 1M --filter=error error=ENOSPC error-rate=100% error-file={dir}/old
#- --filter=error error error-rate error-file
h = connect()
fails(errno.ENOSPC, h.pread, 512, 0)
os.remove(dir + "/old")
h.pread(512, 0)

#: null 1M --filter=error error-pread=ENOMEM error-pread-rate=1 error-pread-file={dir}/old error-pwrite=ENOMEM error-pwrite-rate=1 error-pwrite-file={dir}/old error-trim=ENOMEM error-trim-rate=1 error-trim-file={dir}/old error-zero=ENOMEM error-zero-rate=1 error-zero-file={dir}/old error-extents=ENOMEM error-extents-rate=1 error-extents-file={dir}/old error-cache=ENOMEM error-cache-rate=1 error-cache-file={dir}/old
#- --filter=error error-pread error-pwrite error-trim error-zero error-extents error-cache error-pread-rate error-pwrite-rate error-trim-rate error-zero-rate error-extents-rate error-cache-rate error-pread-file error-pwrite-file error-trim-file error-zero-file error-extents-file error-cache-file
h = connect()
requests = [
    (h.pread, 512, 0),
    (h.pwrite, b"x", 0),
    (h.trim, 512, 0),
    (h.zero, 512, 0),
    (extents, h, 512),
    (h.cache, 512, 0),
]
for request in requests:
    fails(errno.ENOMEM, *request)
os.remove(dir + "/old")
for request in requests:
    request[0](*request[1:])
