/* A library that VDDK brings along, for others of its libraries. */
extern int fake_compression_level(void);
int fake_crypto_level(void) { return 100 + fake_compression_level(); }
