/**
 * The chain of a plugin and its filters, the search for providers, and the emulation of missing
 * operations.
 */
@NullMarked
package org.nbdcore.chain;

import org.jspecify.annotations.NullMarked;
