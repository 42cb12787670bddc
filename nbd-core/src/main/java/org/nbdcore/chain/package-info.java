/**
 * The chain of a plugin and its filters, the search for their providers, and the emulation of
 * operations that a device lacks.
 */
@NullMarked
package org.nbdcore.chain;

import org.jspecify.annotations.NullMarked;
