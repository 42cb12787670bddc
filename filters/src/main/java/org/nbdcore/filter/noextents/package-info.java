/** The {@code noextents} filter: the disk looks fully allocated. */
package org.nbdcore.filter.noextents;
