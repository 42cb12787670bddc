#: memory 32M --filter=readahead readahead-memory=4M --filter=log logfile={dir}/log --filter=nocache
#- --filter=readahead readahead-memory
h = connect()
for i in range(64):
    h.pread(64 * K, i * 64 * K)
time.sleep(0.3)  # what is fetched ahead comes by itself
reached = max(offset + length for offset, length in ranges("Read"))
assert 4 * M < reached <= 9 * M, reached
