/** The {@code readahead} filter: fetches what a sequential reader will ask for next. */
package org.nbdcore.filter.readahead;
