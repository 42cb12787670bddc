package org.nbdcore.plugin.vddk;

import java.nio.file.Path;

/**
 * VDDK's library, loaded but not initialized.
 *
 * @param file the file of the library
 * @param libdir the {@code libDir} of InitEx
 * @param major its major version, from its SONAME; 0 if unknown
 */
record LoadedLibrary(Path file, Path libdir, int major) {}
