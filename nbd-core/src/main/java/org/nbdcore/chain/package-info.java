/**
 * The chain of a plugin and its filters, the search for providers, and the emulation of missing
 * operations.
 */
package org.nbdcore.chain;
