/**
 * What several filters need: block arithmetic, range locks, buffers, state kept per export. Not an
 * interface for third parties: it may change with any version.
 */
package org.nbdcore.filter.common;
