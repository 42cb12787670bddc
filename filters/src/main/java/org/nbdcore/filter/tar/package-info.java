/** The {@code tar} filter: serves a file inside a tar file. */
package org.nbdcore.filter.tar;
