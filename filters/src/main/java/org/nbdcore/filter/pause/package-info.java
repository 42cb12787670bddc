/** The {@code pause} filter: lets an external program pause and resume requests. */
package org.nbdcore.filter.pause;
