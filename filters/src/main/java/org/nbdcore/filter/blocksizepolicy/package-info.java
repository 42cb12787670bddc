/**
 * The blocksize-policy filter: reports block sizes to clients, and handles requests that ignore
 * them.
 */
package org.nbdcore.filter.blocksizepolicy;
