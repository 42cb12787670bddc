/**
 * What is served: a plugin under a stack of filters, the search for the providers they are made
 * from, and the emulation of operations that a device lacks.
 */
package org.nbdcore.chain;
