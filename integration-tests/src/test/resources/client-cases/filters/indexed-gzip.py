#: before
import gzip
write("disk.gz", gzip.compress(PATTERN * 3) + gzip.compress(PATTERN))
#: file {dir}/disk.gz --filter=indexed-gzip gzip-index-path={dir}/index
#- --filter=indexed-gzip
h = connect()
assert h.get_size() == 4 * M
assert h.pread(512 * K, M + 1000) == PATTERN[1000:][:512 * K]
assert h.pread(2 * K, 3 * M - K) == PATTERN[-K:] + PATTERN[:K]
assert h.is_read_only()
assert os.listdir(dir).count("index") == 1

#: before
import gzip
write("disk.gz", gzip.compress(os.urandom(4 * M)))
#: file {dir}/disk.gz --filter=indexed-gzip gzip-index-path={dir}/index gzip-index-span=3M
#- gzip-index-span
connect()
assert os.stat(dir + "/index").st_size < 70 * K
