/* A library that libvddkCrypto.so needs, so that there is an order in which to load the two. */
int fake_compression_level(void) { return 7; }
