/** The {@code delay} filter: delay requests, as a slow or distant server would. */
package org.nbdcore.filter.delay;
