/**
 * Contents of disks in memory, for plugins that keep them there: {@link
 * org.nbdcore.allocator.Allocators} reads the parameter {@code allocator=}, an {@link
 * org.nbdcore.allocator.Allocator} holds the bytes, a {@link org.nbdcore.allocator.MemoryDevice}
 * serves them.
 */
package org.nbdcore.allocator;
