/* A point in a camera's picture: two residuals of 15 numbers, and their Jacobian, row after row.
   In a row: the camera's rotation (an axis times an angle), its centre, its focal length, its principal point, two
   coefficients of radial distortion; the point; the observation's weight. */
#include <math.h>

#define IN 15

void jacobian(long rows, const double (*all)[IN], double (*residuals)[2], double (*slopes)[2][IN])
{
    for (long n = 0; n < rows; n++) {
        const double *r = all[n], *centre = r + 3, *k = r + 9, *point = r + 11;
        double focal = r[6], weight = r[14], (*J)[IN] = slopes[n];
        /* q = R (point - centre), by Rodrigues' formula with the unreduced axis r: q = c v + s (r x v) + m r (r . v) */
        double v[3] = {point[0] - centre[0], point[1] - centre[1], point[2] - centre[2]};
        double square = r[0] * r[0] + r[1] * r[1] + r[2] * r[2], angle = sqrt(square);
        double c = cos(angle), sine = sin(angle), s = sine / angle, m = (1 - c) / square;
        double w[3] = {r[1] * v[2] - r[2] * v[1], r[2] * v[0] - r[0] * v[2], r[0] * v[1] - r[1] * v[0]};
        double along = r[0] * v[0] + r[1] * v[1] + r[2] * v[2], q[3];
        for (int i = 0; i < 3; i++)
            q[i] = c * v[i] + s * w[i] + m * along * r[i];
        /* to the picture, distorted */
        double x = q[0] / q[2], y = q[1] / q[2], far = x * x + y * y;
        double bend = 1 + k[0] * far + k[1] * far * far, slope = k[0] + 2 * k[1] * far;
        residuals[n][0] = weight * (focal * x * bend + r[7]);
        residuals[n][1] = weight * (focal * y * bend + r[8]);

        /* what c, s and m gain with the angle, over the angle, for d angle / d r_i is r_i / angle */
        double ds = (c - s) / square, dm = (s - 2 * m) / square;
        for (int o = 0; o < 2; o++) {
            double here = o ? y : x, wf = weight * focal;
            double dx = wf * (2 * x * slope * here + (o ? 0 : bend)), dy = wf * (2 * y * slope * here + (o ? bend : 0));
            double dq[3] = {dx / q[2], dy / q[2], -(dx * x + dy * y) / q[2]};
            double dv = dq[0] * v[0] + dq[1] * v[1] + dq[2] * v[2], dr = dq[0] * r[0] + dq[1] * r[1] + dq[2] * r[2];
            double turn = dq[0] * w[0] + dq[1] * w[1] + dq[2] * w[2];
            double common = -s * dv + ds * turn + dm * along * dr;
            double cross[3] = {v[1] * dq[2] - v[2] * dq[1], v[2] * dq[0] - v[0] * dq[2], v[0] * dq[1] - v[1] * dq[0]};
            double back[3] = {dq[1] * r[2] - dq[2] * r[1], dq[2] * r[0] - dq[0] * r[2], dq[0] * r[1] - dq[1] * r[0]};
            for (int i = 0; i < 3; i++) {
                double d = c * dq[i] + s * back[i] + m * dr * r[i];
                J[o][i] = common * r[i] + s * cross[i] + m * (along * dq[i] + dr * v[i]);
                J[o][3 + i] = -d;
                J[o][11 + i] = d;
            }
            J[o][6] = weight * here * bend;
            J[o][7] = o ? 0 : weight;
            J[o][8] = o ? weight : 0;
            J[o][9] = wf * here * far;
            J[o][10] = wf * here * far * far;
            J[o][14] = focal * here * bend + r[7 + o];
        }
    }
}
