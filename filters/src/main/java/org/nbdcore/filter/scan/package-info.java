/** The {@code scan} filter: goes through the whole disk ahead of the client. */
package org.nbdcore.filter.scan;
