/* A library that VDDK brings along: libvixDiskLib.so needs it and has no RPATH to find it by. */
extern int fake_compression_level(void);
int fake_crypto_level(void) { return 100 + fake_compression_level(); }
