/**
 * Code that several filters share: block arithmetic, range locks, buffers, state of each export.
 * Not an interface for third parties: it may change with any version.
 */
package org.nbdcore.filter.common;
