/** The {@code extentlist} filter: reports extents from a file. */
package org.nbdcore.filter.extentlist;
