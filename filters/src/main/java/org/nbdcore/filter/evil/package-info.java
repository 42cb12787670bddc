/** The {@code evil} filter: corrupts what is read. */
package org.nbdcore.filter.evil;
