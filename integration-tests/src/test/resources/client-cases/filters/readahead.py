#: memory 32M --filter=readahead readahead-memory=4M --filter=log logfile={dir}/log --filter=nocache
#- --filter=readahead readahead-memory
h = connect()
for i in range(64):
    h.pread(64 * K, i * 64 * K)
def reached():
    return max(offset + length for offset, length in ranges("Read"))

eventually(lambda: reached() > 4 * M)  # what is fetched ahead comes by itself
time.sleep(0.3)
assert reached() <= 9 * M, reached()
