/**
 * Disks in memory, for plugins. {@link org.nbdcore.allocator.Allocators} declares the parameter
 * {@code allocator=}, an {@link org.nbdcore.allocator.Allocator} stores the bytes, and a {@link
 * org.nbdcore.allocator.MemoryDevice} serves them.
 */
package org.nbdcore.allocator;
