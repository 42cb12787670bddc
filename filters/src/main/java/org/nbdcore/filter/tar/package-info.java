/** The {@code tar} filter: serve a file inside a tar file. */
package org.nbdcore.filter.tar;
