/** The {@code luks} filter: a disk inside a LUKS container. */
package org.nbdcore.filter.luks;
