/** The {@code evil} filter: corrupts the data of reads. */
package org.nbdcore.filter.evil;
