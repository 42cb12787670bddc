package org.nbdcore.plugin.vddk;

import java.nio.file.Path;

/**
 * VDDK's library, loaded but not initialized.
 *
 * @param file where it came from
 * @param libdir the {@code libDir} of InitEx
 * @param major its major version, by its SONAME; 0 if that has none
 */
record LoadedLibrary(Path file, Path libdir, int major) {}
