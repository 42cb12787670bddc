/** The {@code multi-conn} filter: offers, emulates or disables multi-conn. */
package org.nbdcore.filter.multiconn;
